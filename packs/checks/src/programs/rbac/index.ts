import type { Programs } from '@keelson/checks';
import { bindingToMissingServiceAccount, danglingRoleBinding } from './bindings.ts';
import { workloadAdministrator, workloadTakeover, workloadTokenWithRights } from './workload-rights.ts';

export const rbacPrograms: Programs = {
  'binding-to-missing-service-account': bindingToMissingServiceAccount,
  'dangling-role-binding': danglingRoleBinding,
  'workload-administrator': workloadAdministrator,
  'workload-takeover': workloadTakeover,
  'workload-token-with-rights': workloadTokenWithRights,
};
