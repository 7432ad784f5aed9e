export { isLocalName, isLoopbackAddress, isMetadataAddress } from './addresses.ts';
export { HttpAnswer } from './answer.ts';
export { basicAuthorization } from './authorization.ts';
export { HttpClient, type HttpOptions, type HttpRequest } from './client.ts';
export { HttpError, type HttpErrorCode, httpErrorCodes } from './errors.ts';
export { defaultHttpLimits, type HttpLimits } from './limits.ts';
export { delayBefore, systemTiming, type Timing } from './timing.ts';
export { isLoopback, onwardUrl, shownUrl } from './url.ts';
