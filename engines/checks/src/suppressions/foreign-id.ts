/**
 * The one form of another tool's id that its spellings have in common: `AVD-KSV-0017`, `KSV-0017` and `KSV017` are
 * `KSV17`. Other texts stay as they are.
 */
export function foreignIdForm(id: string): string {
  const match = /^(?:AVD-)?([A-Z]{1,3})-?0{0,8}([1-9]\d{0,8})$/i.exec(id);
  return match === null ? id : `${match[1]?.toUpperCase()}${match[2]}`;
}
