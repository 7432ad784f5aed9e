export { defaultNetworkLimits, type NetworkLimits } from './limits.ts';
export { Network, type NetworkOptions } from './network.ts';
