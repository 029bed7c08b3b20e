// What only the page of rights says.
import { textsOf } from '../ui/lang'

export const { tables, t } = textsOf(
  {
    approvals: '谁发起、谁审批、谁执行',
    nobodyOwn: '任何人不得审批自己发起的事项。',
    matter: '事项',
    action: '操作',
    initiates: '发起',
    approves: '审批',
    executes: '执行',
    byItself: '审批通过即生效',
  },
  {
    approvals: 'Who initiates, who approves, who executes',
    nobodyOwn: 'Nobody approves what he asked for himself.',
    matter: 'Matter',
    action: 'Action',
    initiates: 'Initiates',
    approves: 'Approves',
    executes: 'Executes',
    byItself: 'with the approval',
  },
)
