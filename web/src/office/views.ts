// The views of the back office: who sees them, and which of them a role begins with. Each is loaded when it is opened.
import { defineAsyncComponent, type Component } from 'vue'
import LoadFailed from './LoadFailed.vue'

export interface View {
  id: string
  /** Whoever has one of these rights sees it; none: everybody. */
  rights: string[]
  component: Component
}

/** One that cannot be loaded, because the line is down or a newer build has taken the place of this one, says so. */
export const view = (loader: () => Promise<{ default: Component }>) => defineAsyncComponent({ loader, errorComponent: LoadFailed })

export const views = [
  { id: 'queue', rights: [], component: view(() => import('./queue/QueueView.vue')) },
  { id: 'dashboard', rights: ['reports.read'], component: view(() => import('./dashboard/DashboardView.vue')) },
  { id: 'money', rights: ['money.read'], component: view(() => import('./money/MoneyView.vue')) },
  { id: 'deals', rights: ['deals.read'], component: view(() => import('./deals/DealsView.vue')) },
  { id: 'board', rights: ['unit.withhold', 'board.internal'], component: view(() => import('./board/BoardView.vue')) },
  { id: 'launch', rights: ['launch.run'], component: view(() => import('./launch/LaunchView.vue')) },
  { id: 'buyers', rights: ['buyers.read'], component: view(() => import('./buyers/BuyersView.vue')) },
  { id: 'reports', rights: ['reports.read', 'money.read'], component: view(() => import('./reports/ReportsView.vue')) },
  { id: 'trail', rights: ['events.read'], component: view(() => import('./trail/TrailView.vue')) },
  { id: 'import', rights: ['catalog.import'], component: view(() => import('./import/ImportView.vue')) },
  { id: 'displays', rights: ['displays.manage'], component: view(() => import('./displays/DisplaysView.vue')) },
  { id: 'accounts', rights: ['accounts.manage'], component: view(() => import('./accounts/AccountsView.vue')) },
  { id: 'settings', rights: ['project.configure'], component: view(() => import('./settings/SettingsView.vue')) },
] as const satisfies readonly View[]

export type ViewId = (typeof views)[number]['id']
