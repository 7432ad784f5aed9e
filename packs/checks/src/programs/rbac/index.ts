import type { Programs } from '@keelson/checks';
import {
  bindingOfAdministratorRole,
  bindingToMissingServiceAccount,
  danglingRoleBinding,
} from './bindings.ts';
import {
  tokenByDefault,
  workloadAdministrator,
  workloadTakeover,
  workloadTokenWithRights,
} from './workload-rights.ts';

export const rbacPrograms: Programs = {
  'binding-of-administrator-role': bindingOfAdministratorRole,
  'binding-to-missing-service-account': bindingToMissingServiceAccount,
  'dangling-role-binding': danglingRoleBinding,
  'token-by-default': tokenByDefault,
  'workload-administrator': workloadAdministrator,
  'workload-takeover': workloadTakeover,
  'workload-token-with-rights': workloadTokenWithRights,
};
