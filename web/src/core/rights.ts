// Who may do what (权责), as the server tells it, and the names of it all in both languages. What the server names and this
// file does not is shown by its code rather than left out.
import type { Lang } from './i18n'

export type Grant = 'no' | 'own' | 'any'

export interface Approval {
  kind: string
  initiates: string
  approves: string
  executes: string
}

export interface Rights {
  roles: string[]
  rights: Record<string, Record<string, Grant>>
  approvals: Approval[]
}

type Names = Record<string, [zh: string, en: string]>

const roles: Names = {
  display: ['大屏', 'Display'],
  buyer: ['客户', 'Buyer'],
  consultant: ['置业顾问', 'Consultant'],
  clerk: ['销控专员', 'Clerk'],
  finance: ['财务', 'Finance'],
  relations: ['客户关系', 'Relations'],
  manager: ['经理', 'Manager'],
}

const rights: Names = {
  'board.public': ['查看外控看板', 'See the public board'],
  'board.internal': ['查看内控看板', 'See the internal board'],
  'unit.lock': ['锁定房源', 'Lock a unit'],
  'unit.release': ['释放房源', 'Release a unit'],
  'unit.withhold': ['销控保留', 'Withhold a unit'],
  'unit.offer': ['推出房源', 'Put a unit on sale'],
  'favourite.set': ['收藏房源', 'Keep units in mind'],
  'launch.run': ['管理开盘场次', 'Run launch sessions'],
  'launch.choose': ['在场次中选房', 'Choose in a launch session'],
  'catalog.import': ['导入房源', 'Import listings'],
  'buyers.import': ['导入客户', 'Import buyers'],
  'buyers.read': ['查看客户', 'See buyers'],
  'buyers.write': ['登记客户', 'Record buyers'],
  'buyers.reveal': ['查看客户完整号码', 'See whole numbers of buyers'],
  'buyers.erase': ['删除客户资料', "Erase a buyer's data"],
  'accounts.manage': ['管理账号', 'Manage accounts'],
  'displays.manage': ['管理大屏', 'Manage displays'],
  'events.read': ['查看审计记录', 'Read the audit trail'],
  'reports.read': ['查看报表', 'Read reports'],
  'demand.read': ['查看房源需求', 'See which units are wanted'],
  'project.configure': ['项目设置', 'Project settings'],
  'project.thaw': ['解冻项目', 'Thaw the project'],
  'clock.confirm': ['确认时钟', 'Confirm the clock'],
  'deals.read': ['查看交易', 'See deals'],
  'deal.apply': ['提交认购申请', 'Submit an application'],
  'deal.approve': ['审核并出具认购单', 'Approve, issue the slip'],
  'deal.reject': ['退回申请', 'Reject an application'],
  'deal.receipt': ['确认收款', 'Confirm receipts'],
  'deal.refund': ['确认退款', 'Confirm refunds'],
  'deal.review': ['合同审核', 'Review the contract'],
  'deal.sign': ['登记签约', 'Record the signing'],
  'deal.extend': ['延期', 'Extend a hold'],
  'deal.swap': ['申请换房', 'Ask for a swap'],
  'deal.rename': ['申请更名', 'Ask for a change of name'],
  'deal.withdraw': ['申请退房', 'Ask for a withdrawal'],
  'discount.ask': ['申请额外折扣', 'Ask for a discount'],
  'discount.decide': ['审批折扣', 'Decide on a discount'],
  'discount.file': ['登记折扣', 'File a discount'],
  'price.ask': ['申请调价', 'Ask for another list price'],
  'request.decide': ['审批申请', 'Decide on requests'],
  'money.read': ['查看资金', 'See the money'],
}

const kinds: Names = {
  application: ['认购申请', 'Application'],
  discount: ['额外折扣', 'Discount'],
  extension: ['延期', 'Extension'],
  swap: ['换房', 'Swap'],
  rename: ['更名', 'Change of name'],
  withdrawal: ['退房', 'Withdrawal'],
  price: ['调价', 'List price'],
  contract: ['签约', 'Contract'],
}

const grants: Names = { no: ['—', '—'], own: ['本人', 'own'], any: ['全部', 'all'] }

const pick = (names: Names) => (code: string, lang: Lang) => names[code]?.[lang === 'zh' ? 0 : 1] ?? code

export const roleName = pick(roles)
export const rightName = pick(rights)
export const kindName = pick(kinds)
export const grantName = pick(grants)

/** The roles that hold a right; empty for a step that happens by itself. */
export function rolesWith(r: Rights, right: string): string[] {
  return r.roles.filter((role) => (r.rights[right]?.[role] ?? 'no') !== 'no')
}
