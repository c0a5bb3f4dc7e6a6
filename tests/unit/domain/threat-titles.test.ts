import { expect, test } from 'vitest'
import { controlsTitled, withCanonicalLabels, withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import { threatsTitled, threatTitle } from '@/lib/domain/threats/threat-titles'

const threat = { control: 'Backdoor:EC2-C&CActivity.B!DNS', title: 'An EC2 instance is querying a domain name' }

test('threats have the name of their family as title in Japanese, and that of their source in English', () => {
  expect(withCanonicalTitles('ja', [threat])).toEqual([{ ...threat, title: '攻撃者のサーバーとの通信' }])
  expect(withCanonicalTitles('en', [threat])).toEqual([threat])
  expect(withCanonicalLabels('ja', [{ key: threat.control, label: threat.title }])[0]?.label).toBe(
    '攻撃者のサーバーとの通信',
  )
})

test.each(['Custom:EC2/OfTomorrow', 'S3.8', 'CVE-2021-44228', 'my_own_check', ''])('%j is no known threat', control => {
  expect(threatTitle('ja', control)).toBeNull()
})

test.each(['Backdoor:EC2/C&CActivity.B!DNS', 'backdoor:ec2-c&cactivity.b!dns', '攻撃者のサーバーとの通信'])(
  'a threat is found by %s, however its source spells the type',
  text => {
    const found = ['Backdoor:EC2/C&CActivity.B!DNS', 'Backdoor:EC2-C&CActivity.B!DNS']
    expect(threatsTitled(text)).toEqual(expect.arrayContaining(found))
    expect(controlsTitled(text)).toEqual(expect.arrayContaining(found))
  },
)

test('other spellings of Security Hub are found by the type as well', () => {
  expect(threatsTitled('DefenseEvasion:EC2/UnusualDNSResolver')).toEqual([
    'DefenseEvasion:EC2/UnusualDNSResolver',
    'DefenseEvasion:EC2-UnusualDNSResolver',
    'EC2:Unusual-DNS-Resolver',
  ])
  expect(threatsTitled('no such type')).toEqual([])
})
