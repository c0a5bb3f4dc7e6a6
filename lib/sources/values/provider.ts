import { RejectedRecord } from '../../domain/imports/reject'
import { firstText, shown } from './text'

/**
 * Other clouds that AWS's own services report on. Any other text is ignored: custom integrations use values of their
 * own.
 */
const OTHER_CLOUD = /^(microsoft[ _-]?)?azure$|^gcp$|^google([ _-]?cloud([ _-]?platform)?)?$/i

/**
 * Throws other_cloud if all resources are of Azure or Google Cloud. Most records name no provider.
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_Resource.html
 */
export function requireAwsResource(providers: readonly unknown[]): void {
  const named = providers.map(provider => firstText(provider).trim())
  const [first] = named
  if (first !== undefined && named.every(name => OTHER_CLOUD.test(name)))
    throw new RejectedRecord('other_cloud', { provider: shown(first) })
}
