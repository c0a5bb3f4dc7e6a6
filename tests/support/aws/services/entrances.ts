import type * as Amplify from '@aws-sdk/client-amplify'
import type * as AppRunner from '@aws-sdk/client-apprunner'
import { AwsError } from '../wire/aws-error'
import { type Handlers, pageOf } from './handler'

const PAGE = 20

export const amplify: Handlers<typeof Amplify, 'ListApps' | 'ListBranches'> = {
  ListApps({ nextToken, maxResults = PAGE }, call) {
    const { items, next } = pageOf(call.store.list('amplify.app', call), nextToken, maxResults)
    return { apps: items, nextToken: next }
  },
  ListBranches() {
    return { branches: [] }
  },
}

export const apprunner: Handlers<typeof AppRunner, 'ListServices' | 'DescribeService'> = {
  ListServices({ NextToken, MaxResults = PAGE }, call) {
    const { items, next } = pageOf(call.store.list('apprunner.service', call), NextToken, MaxResults)
    const summaries = items.map(({ ServiceName, ServiceId, ServiceArn, ServiceUrl, CreatedAt, UpdatedAt, Status }) => {
      return { ServiceName, ServiceId, ServiceArn, ServiceUrl, CreatedAt, UpdatedAt, Status }
    })
    return { ServiceSummaryList: summaries, NextToken: next }
  },
  DescribeService({ ServiceArn }, call) {
    const Service = call.store.list('apprunner.service', call).find(one => one.ServiceArn === ServiceArn)
    if (!Service) throw new AwsError('ResourceNotFoundException', `Service ${ServiceArn} was not found`)
    return { Service }
  },
}
