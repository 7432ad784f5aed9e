/** Resolvers that no selector of Pods chooses: NodeLocal DNSCache, and those of clouds. */
export const resolverAddresses = ['169.254.20.10', '169.254.169.254'];
