import { type Authority, readAuthority, readKeys } from './key.ts';
import { type Metadata, readMetadata, type Signed } from './metadata.ts';

/** Roles that root names the keys of. */
export const topLevelRoles = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type TopLevelRole = (typeof topLevelRoles)[number];

/** The signed part of root (specification 4.3). */
export interface Root extends Signed {
  readonly isConsistentSnapshot: boolean;
  readonly authorities: Readonly<Record<TopLevelRole, Authority>>;
}

/** @throws TufError TUF_METADATA_INVALID, TUF_LIMIT */
export function readRoot(bytes: Uint8Array): Metadata<Root> {
  return readMetadata(bytes, 'root', 'root', (signed) => {
    const keys = readKeys(signed.required('keys'));
    const roles = signed.required('roles');
    const authority = (role: TopLevelRole) => readAuthority(roles.required(role), keys);
    return {
      isConsistentSnapshot: signed.optionalBoolean('consistent_snapshot') ?? false,
      authorities: {
        root: authority('root'),
        timestamp: authority('timestamp'),
        snapshot: authority('snapshot'),
        targets: authority('targets'),
      },
    };
  });
}
