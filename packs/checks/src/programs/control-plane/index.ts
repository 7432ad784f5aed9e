import type { Programs } from '@keelson/checks';
import { auditPolicy } from './audit-policy.ts';
import { encryptionConfiguration } from './encryption-configuration.ts';
import { etcdUniqueCa } from './etcd-unique-ca.ts';
import { hostFiles } from './host-files.ts';

export const controlPlanePrograms: Programs = {
  'audit-policy': auditPolicy,
  'encryption-configuration': encryptionConfiguration,
  'etcd-unique-ca': etcdUniqueCa,
  'host-files': hostFiles,
};
