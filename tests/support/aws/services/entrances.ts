import type * as Amplify from '@aws-sdk/client-amplify'
import type * as AppRunner from '@aws-sdk/client-apprunner'
import type * as Lambda from '@aws-sdk/client-lambda'
import { AwsError } from '../wire/aws-error'
import { type Handlers, pageOf } from './handler'

const PAGE = 20

export const amplify: Handlers<typeof Amplify, 'ListApps'> = {
  ListApps({ nextToken, maxResults = PAGE }, call) {
    const { items, next } = pageOf(call.store.list('amplify.app', call), nextToken, maxResults)
    return { apps: items, nextToken: next }
  },
}

export const lambda: Handlers<typeof Lambda, 'ListFunctionUrlConfigs'> = {
  ListFunctionUrlConfigs({ FunctionName = '' }, call) {
    const all = call.store.list('lambda.function-url', call)
    return { FunctionUrlConfigs: all.filter(one => one.FunctionArn?.split(':')[6] === FunctionName.split(':').at(-1)) }
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
