export { SigstoreError, type SigstoreErrorCode, sigstoreErrorCodes } from './errors.ts';
export { type CertificateRequest, certify } from './fulcio.ts';
export {
  type AmbientOptions,
  type AmbientProvider,
  ambientProviders,
  ambientToken,
} from './identity-token.ts';
export { type BrowserFlowOptions, browserToken } from './oidc/browser-flow.ts';
export { clientToken } from './oidc/client-credentials.ts';
export { type DeviceFlowOptions, type DevicePrompt, deviceToken } from './oidc/device-flow.ts';
export { signInLimits } from './oidc/limits.ts';
export { discover, type OidcProvider } from './oidc/provider.ts';
export type { OidcClient } from './oidc/token-request.ts';
export { addToRekorV1, addToRekorV2, type LogRequest } from './rekor.ts';
export { stamp } from './timestamp-authority.ts';
