import { describe, expect, test } from 'vitest'
import { fixture, outcomeOf } from './support'

const [threat] = JSON.parse(fixture('native.json').toString('utf8'))

/** The same finding as the API writes it. */
function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.charAt(0).toUpperCase() + key.slice(1), pascal(item)]),
  )
}

describe('a finding of GuardDuty', () => {
  test('contains every id of the affected resources, and in its title those that are in no other field', () => {
    const resource = {
      resourceType: 'EKSCluster',
      eksClusterDetails: { name: 'shop', arn: 'arn:aws:eks:ap-northeast-1:012345678901:cluster/shop' },
      accessKeyDetails: { accessKeyId: 'not-a-key', principalId: 'not-a-principal:session', userName: 'deploy' },
      instanceDetails: { instanceId: 'i-0011223344' },
      kubernetesDetails: {
        kubernetesUserDetails: { username: 'system:anonymous' },
        kubernetesWorkloadDetails: {
          name: 'web-1',
          namespace: 'front',
          type: 'pods',
          containers: [{ name: 'nginx', id: 'containerd://0123' }],
        },
      },
    }
    const described = { ...threat, resource, description: 'An unusual call.' }
    for (const finding of [described, pascal(described)]) {
      const { title, description, resource: named } = outcomeOf(finding)
      expect(named.id).toBe(resource.eksClusterDetails.arn)
      expect(title).toBe(
        `${threat.title} (not-a-key, deploy, not-a-principal:session, i-0011223344, system:anonymous, front/web-1, nginx, containerd://0123)`,
      )
      expect(description).toBe(
        [
          'An unusual call.',
          '',
          'Access key: not-a-key',
          'User: deploy',
          'Principal: not-a-principal:session',
          'Instance: i-0011223344',
          'EKS cluster: shop',
          'Kubernetes user: system:anonymous',
          'pods: front/web-1',
          'Container: nginx',
          'Container ID: containerd://0123',
        ].join('\n'),
      )
    }
  })

  test('is read though details that only add to it have another shape', () => {
    const resource = {
      ...Object(threat.resource),
      kubernetesDetails: 'none',
      containerDetails: [],
      ebsVolumeDetails: 1,
    }
    const { title, resource: named } = outcomeOf({ ...threat, resource })
    expect(named.id).toBe('hanako')
    expect(title).toContain('not-a-key')
  })

  test('repeats no id that its title or its resource has already', () => {
    const resource = { resourceType: 'AccessKey', accessKeyDetails: { userName: 'hanako', accessKeyId: 'not-a-key' } }
    const title = 'The key not-a-key of hanako was used from an unusual place.'
    expect(outcomeOf({ ...threat, title, resource })).toMatchObject({ title, resource: { id: 'hanako' } })
  })
})
