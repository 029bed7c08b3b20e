// What a buyer does not need at once comes after the board, and long before it is needed: the own selection, the favourites, and
// the reasons of refusals in full; until then a refusal is told by its code.

export const REST_AFTER_MS = 1000

export const rest = {
  own: () => import('./own/OwnPane.vue'),
  favourites: () => import('./FavouritesPane.vue'),
  refusals: () => import('../ui/refusals'),
}

/** What cannot be had now is asked for again when it is wanted. */
export async function loadRest(): Promise<void> {
  await Promise.allSettled([rest.own(), rest.favourites(), rest.refusals()])
}
