import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { grantName, kindName, rightName, rolesWith, roleName, type Rights } from '../src/core/rights'

const def = (name: string) => readFileSync(resolve('../daemon/core', `${name}.def`), 'utf8')
const rightsOfServer = [...def('rights').matchAll(/^RIGHT\(\w+,\s*"([^"]+)"/gm)].map((m) => m[1]!)
const kindsOfServer = [...def('approvals').matchAll(/^APPROVAL\("([^"]+)"/gm)].map((m) => m[1]!)

describe('the names of rights', () => {
  it('exist in both languages for everything that the server knows', () => {
    expect(rightsOfServer.length).toBeGreaterThan(25)
    for (const lang of ['zh', 'en'] as const) {
      for (const right of rightsOfServer) expect(rightName(right, lang)).not.toBe(right)
      for (const kind of kindsOfServer) expect(kindName(kind, lang)).not.toBe(kind)
      for (const role of ['display', 'consultant', 'manager']) expect(roleName(role, lang)).not.toBe(role)
      for (const grant of ['no', 'own', 'any']) expect(grantName(grant, lang)).toBeTruthy()
    }
  })

  it('fall back to the code for what a newer server may add', () => {
    expect(rightName('unit.paint', 'zh')).toBe('unit.paint')
  })
})

describe('rolesWith', () => {
  const rights: Rights = {
    roles: ['buyer', 'clerk', 'manager'],
    rights: { 'deal.sign': { buyer: 'no', clerk: 'any', manager: 'own' } },
    approvals: [],
  }

  it('names the roles that hold a right, whatever its extent', () => {
    expect(rolesWith(rights, 'deal.sign')).toEqual(['clerk', 'manager'])
  })

  it('is empty for a right that does not exist', () => {
    expect(rolesWith(rights, '')).toEqual([])
  })
})
