// The office's time zone, for every time that a page shows: a display's box and a laptop on a journey may be set to another one.
// A whole number of minutes, as the reports have it; it knows no summer time.

let offsetMin: number | undefined

export function setZone(minutes: number | undefined): void {
  if (Number.isSafeInteger(minutes)) offsetMin = minutes
}

/** The device's own until the office's is known. */
export const zoneOffset = (ms: number): number => offsetMin ?? -new Date(ms).getTimezoneOffset()

/** A date whose UTC fields are what the clock in the office shows. */
export const inOffice = (ms: number): Date => new Date(ms + zoneOffset(ms) * 60_000)
