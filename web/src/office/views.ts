// The views of the back office: who sees them, and which of them a role begins with. Each is loaded when it is opened.
import { defineAsyncComponent, type Component } from 'vue'

export interface View {
  id: string
  /** Whoever has one of these rights sees it; none: everybody. */
  rights: string[]
  component: Component
}

export const views = [
  { id: 'queue', rights: [], component: defineAsyncComponent(() => import('./queue/QueueView.vue')) },
  { id: 'dashboard', rights: ['reports.read'], component: defineAsyncComponent(() => import('./dashboard/DashboardView.vue')) },
  { id: 'money', rights: ['money.read'], component: defineAsyncComponent(() => import('./money/MoneyView.vue')) },
  { id: 'deals', rights: ['deals.read'], component: defineAsyncComponent(() => import('./deals/DealsView.vue')) },
  { id: 'board', rights: ['unit.withhold', 'board.internal'], component: defineAsyncComponent(() => import('./board/BoardView.vue')) },
  { id: 'launch', rights: ['launch.run'], component: defineAsyncComponent(() => import('./launch/LaunchView.vue')) },
  { id: 'buyers', rights: ['buyers.read'], component: defineAsyncComponent(() => import('./buyers/BuyersView.vue')) },
  { id: 'reports', rights: ['reports.read', 'money.read'], component: defineAsyncComponent(() => import('./reports/ReportsView.vue')) },
  { id: 'trail', rights: ['events.read'], component: defineAsyncComponent(() => import('./trail/TrailView.vue')) },
  { id: 'import', rights: ['catalog.import'], component: defineAsyncComponent(() => import('./import/ImportView.vue')) },
  { id: 'displays', rights: ['displays.manage'], component: defineAsyncComponent(() => import('./displays/DisplaysView.vue')) },
  { id: 'accounts', rights: ['accounts.manage'], component: defineAsyncComponent(() => import('./accounts/AccountsView.vue')) },
  { id: 'settings', rights: ['project.configure'], component: defineAsyncComponent(() => import('./settings/SettingsView.vue')) },
] as const satisfies readonly View[]

export type ViewId = (typeof views)[number]['id']
