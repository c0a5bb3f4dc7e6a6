import type { ActionTable } from './action-row'
import { factorActions } from './factor-actions'
import { findingActions } from './finding-actions'
import { passkeyActions } from './passkey-actions'
import { peopleActions } from './people-actions'
import { settingActions } from './setting-actions'

/** Every server action, and who may do it to what. */
export const actionTable: ActionTable = {
  ...findingActions,
  ...settingActions,
  ...peopleActions,
  ...factorActions,
  ...passkeyActions,
}
