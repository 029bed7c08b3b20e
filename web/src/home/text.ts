// What only the first page says.
import { textsOf } from '../ui/lang'

export const { tables, t } = textsOf(
  {
    projects: '我的项目',
    office: '销控后台',
    noProjects: '此账号没有任何项目',
  },
  {
    projects: 'My projects',
    office: 'Office',
    noProjects: 'This account has no project',
  },
)
