// A session for tests: from 1000 to 5000 ms, everybody at once.
import type { Launch } from '../src/core/launches'

export const launch = (more: Partial<Launch> = {}): Launch => ({
  id: 's1', name: '第一场', mode: 'all', opens_ms: 1000, closes_ms: 5000, opens_at: 1000, closes_at: 5000, hold_ms: 600_000, limit: 1,
  window_size: 20, window_ms: 300_000, groups: '', active_max: 0, commit: 'c', rules_sha: 'r', paused_ms: 0, closed_ms: 0, message: '',
  message_ms: 0, drawn_ms: 0, admitted: 3, entered: 1, units: 9, ...more,
})
