import type * as CloudTrail from '@aws-sdk/client-cloudtrail'
import { AwsError } from '../wire/aws-error'
import { type Handlers, pageOf } from './handler'

const PAGE = 50

/** Trails are moto's. */
export const cloudtrail: Handlers<typeof CloudTrail, 'LookupEvents' | 'ListPublicKeys'> = {
  LookupEvents({ LookupAttributes = [], StartTime, EndTime, NextToken, MaxResults = PAGE }, call) {
    const fitting = call.store.list('cloudtrail.event', call).filter(event => {
      const at = event.EventTime ?? new Date(0)
      if ((StartTime && at < StartTime) || (EndTime && at > EndTime)) return false
      return LookupAttributes.every(({ AttributeKey, AttributeValue }) => {
        switch (AttributeKey) {
          case 'EventName':
            return event.EventName === AttributeValue
          case 'EventSource':
            return event.EventSource === AttributeValue
          case 'AccessKeyId':
            return event.AccessKeyId === AttributeValue
          case 'Username':
            return event.Username === AttributeValue
          default:
            throw new AwsError('InvalidLookupAttributesException', `The emulator does not know ${AttributeKey}.`)
        }
      })
    })
    const newest = fitting.toSorted((a, b) => (b.EventTime?.getTime() ?? 0) - (a.EventTime?.getTime() ?? 0))
    const { items, next } = pageOf(newest, NextToken, MaxResults)
    return { Events: items, NextToken: next }
  },
  ListPublicKeys({ NextToken }, call) {
    const { items, next } = pageOf(call.store.list('cloudtrail.public-key', call), NextToken, PAGE)
    return { PublicKeyList: items, NextToken: next }
  },
}
