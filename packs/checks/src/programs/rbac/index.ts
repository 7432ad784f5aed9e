import type { Programs } from '@keelson/checks';
import {
  bindingOfAdministratorRole,
  bindingToMissingServiceAccount,
  danglingRoleBinding,
} from './bindings.ts';
import { certificateRequestMasters } from './certificate-requests.ts';
import { serviceAccountReadsSecrets } from './secret-readers.ts';
import {
  tokenByDefault,
  tokenInherited,
  tokenOfDefaultAccount,
  workloadAdministrator,
  workloadTakeover,
  workloadTokenWithRights,
} from './workload-rights.ts';

export const rbacPrograms: Programs = {
  'binding-of-administrator-role': bindingOfAdministratorRole,
  'binding-to-missing-service-account': bindingToMissingServiceAccount,
  'certificate-request-masters': certificateRequestMasters,
  'dangling-role-binding': danglingRoleBinding,
  'service-account-reads-secrets': serviceAccountReadsSecrets,
  'token-by-default': tokenByDefault,
  'token-inherited': tokenInherited,
  'token-of-default-account': tokenOfDefaultAccount,
  'workload-administrator': workloadAdministrator,
  'workload-takeover': workloadTakeover,
  'workload-token-with-rights': workloadTokenWithRights,
};
