import { describe, expect, test } from 'vitest'
import { inNetworks, toNetwork } from '../../lib/access/network/networks'

describe('a network', () => {
  test.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['203.0.113.77/25', '203.0.113.0/25'],
    ['203.0.113.7', '203.0.113.7/32'],
    [' 203.0.113.7/32 ', '203.0.113.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:1::/33', '2001:db8::/33'],
    ['2001:db8:ffff::1/36', '2001:db8:f000::/36'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
    ['::ffff:a00:1', '10.0.0.1/32'],
  ])('%s is kept as %s', (text, network) => {
    expect(toNetwork(text)).toBe(network)
    expect(toNetwork(network)).toBe(network)
  })

  test.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '010.0.0.1/8',
    '10.0.0.0/255.0.0.0',
    '2001:db8::/129',
    '2001:db8:::/32',
    'fe80::1%eth0/64',
    '::ffff:10.0.0.0/8',
    'example.com',
    '*',
  ])('%j is none', text => {
    expect(toNetwork(text)).toBeNull()
  })
})

describe('an address', () => {
  const networks = ['10.0.0.0/8', '203.0.113.7/32', '2001:db8::/32']
  test.each(['10.255.0.1', '203.0.113.7', '2001:db8:1::1', '2001:DB8::1', '::ffff:10.1.2.3', '::ffff:a01:203'])(
    '%s is in one of the networks',
    ip => {
      expect(inNetworks(ip, networks)).toBe(true)
    },
  )

  test.each(['11.0.0.1', '203.0.113.8', '2001:db9::1', '::ffff:11.0.0.1', '::a01:203', '', 'unknown', '10.0.0.1%eth0'])(
    '%j is in none',
    ip => {
      expect(inNetworks(ip, networks)).toBe(false)
    },
  )

  test('that is unknown is in none, not even in the network of everything', () => {
    expect(inNetworks(null, ['0.0.0.0/0', '::/0'])).toBe(false)
  })

  test('of one version is in no network of the other', () => {
    expect(inNetworks('10.0.0.1', ['::/0'])).toBe(false)
    expect(inNetworks('2001:db8::1', ['0.0.0.0/0'])).toBe(false)
    expect(inNetworks('10.0.0.1', ['0.0.0.0/0'])).toBe(true)
  })
})
