// What a buyer does not need at once comes after the board: the unit at hand as soon as there are units to touch, the rest a moment
// later and long before it is needed: the own selection, the favourites, what is said about the session, and the reasons of
// refusals in full; until then a refusal is told by its code.

export const REST_AFTER_MS = 1000

export const rest = {
  sheet: () => import('./UnitSheet.vue'),
  rules: () => import('./RulesStep.vue'),
  own: () => import('./own/OwnPane.vue'),
  favourites: () => import('./FavouritesPane.vue'),
  about: () => import('./own/AboutLaunch.vue'),
  refusals: () => import('../ui/refusals'),
}

/** What cannot be had now is asked for again when it is wanted. */
export async function loadRest(): Promise<void> {
  await Promise.allSettled([rest.own(), rest.favourites(), rest.about(), rest.refusals()])
}
