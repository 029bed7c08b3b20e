// What several names have in common need not be read on every line: 云庭花园1栋, 云庭花园2栋 → 1栋, 2栋.
export function shortNames(names: string[]): Map<string, string> {
  const first = names[0] ?? ''
  let cut = 0
  if (names.length > 1) while (cut < first.length && names.every((n) => n[cut] === first[cut])) cut++
  // Never within a number (11栋, 12栋), and something must remain of each.
  while (cut > 0 && (/\d/.test(first[cut - 1]!) || names.some((n) => n.length <= cut))) cut--
  return new Map(names.map((n) => [n, n.slice(cut)]))
}
