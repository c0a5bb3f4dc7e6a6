import { expect, test } from 'vitest'
import { otherChecks } from '../../../lib/domain/controls/category-of'
import { results } from '../../../lib/domain/imports/outcome'
import { problemKindOf, problemKinds, resultWord } from '../../../lib/domain/policies/problem-kind'
import en from '../../../messages/en.json'

test('a check of cost is no misconfiguration', () => {
  const cost = otherChecks.filter(each => each.category === 'cost')
  expect(cost.length).toBeGreaterThan(10)
  for (const { name: control } of cost) expect(problemKindOf({ class: 'posture', control })).toBe('cost')
  expect(problemKindOf({ class: 'posture', control: 'S3.2' })).toBe('posture')
})

test('threats and vulnerabilities are what their class says', () => {
  expect(problemKindOf({ class: 'threat', control: 'Recon:EC2/Portscan' })).toBe('threat')
  expect(problemKindOf({ class: 'vulnerability', control: 'CVE-2021-44228' })).toBe('vulnerability')
})

test('only checks fail', () => {
  expect(resultWord('posture', 'failed', 'S3.8')).toBe('failed')
  expect(resultWord('posture', 'failed', 'access-analyzer/ExternalAccess')).toBe('active')
  expect(resultWord('threat', 'failed', 'Recon:EC2/Portscan')).toBe('active')
  expect(resultWord('vulnerability', 'failed', 'CVE-2021-44228')).toBe('affected')
  for (const result of results.filter(each => each !== 'failed'))
    expect(resultWord('threat', result, 'Recon:EC2/Portscan')).toBe(result)
})

test('every kind names its class and its control', () => {
  expect(Object.keys(en.class).sort()).toEqual([...problemKinds].sort())
  expect(Object.keys(en.finding.controlName).sort()).toEqual([...problemKinds].sort())
})
