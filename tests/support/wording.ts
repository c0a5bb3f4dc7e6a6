/** A word or phrase that texts for people must not use, and its replacement. */
export interface Refused {
  words: RegExp
  instead: string
}

/** English words and phrases that readers stumble over. */
export const REFUSED_ENGLISH: readonly Refused[] = [
  { words: /\bLeft\b(?! organization)/, instead: 'Left organization' },
  { words: /\bHandling\b/, instead: 'Triage' },
  { words: /\bapart\b/i, instead: 'Unmerge, or separate' },
  { words: /\bnobody['’]s\b/i, instead: 'unassigned' },
  { words: /\bblind\b/i, instead: 'unverified' },
  { words: /\bsilent\b|\bsilence\b/i, instead: 'not reporting' },
  { words: /\bnot confirmed\b/i, instead: 'unverified' },
  { words: /^Over$|\b(?:is|are|was) over\b/i, instead: 'Ended' },
  { words: /\bstatements? of\b/i, instead: 'report from' },
  { words: /\bstands?\b/i, instead: 'is' },
  { words: /\bclosings?\b/i, instead: 'resolutions' },
  { words: /\bseal(?:ed|s)?\b/i, instead: 'recorded' },
  { words: /\btold\b|\btells\b/i, instead: 'reported, shows' },
  { words: /\bheard\b/i, instead: 'last report' },
  { words: /\banew\b/i, instead: 'again' },
  { words: /\bworked off\b/i, instead: 'processed' },
  { words: /\bdealt with\b/i, instead: 'due' },
  { words: /\bby (?:itself|themselves)\b/i, instead: 'automatically' },
  { words: /\bby hand\b/i, instead: 'manually' },
  { words: /\bpast Hinomi\b/i, instead: 'outside Hinomi' },
  { words: /\bthe own\b/i, instead: 'your own' },
  { words: /\bask(?:ed|s)? (?:for|by)\b/i, instead: 'request' },
  { words: /\bmay (?:not )?(?:see|send|read)\b/i, instead: 'can, or have access to' },
  { words: /\bwork to do\b/i, instead: 'open' },
  { words: /\bfits?\b/i, instead: 'matches' },
  { words: /\bset-up\b/i, instead: 'setup (noun), set up (verb)' },
  { words: /\btak(?:e|es|ing) (?:it |them )?in\b/i, instead: 'import' },
  { words: /\bdo(?:es)? not know\b/i, instead: 'does not support, does not have' },
  { words: /\bbrought up to date\b/i, instead: 'updated, migrated' },
  { words: /\bswitched (?:on|off)\b/i, instead: 'enabled, disabled' },
  { words: /\bthrow-away\b/i, instead: 'temporary' },
  { words: /\b(?:un)?bound\b|\bunbind/i, instead: 'linked, unlinked' },
  { words: /\b\w*(?:organis|recognis|authoris|customis)\w*/i, instead: 'American spelling, as in the consoles of AWS' },
]

/** A clause as the subject of a sentence: "What it covers leaves the list." Questions may start like this. */
export const CLAUSE_AS_SUBJECT = /(?:^|[.!:] )(?:What|Who|Whom|Whatever|Whoever)\b[^.?]*\./

/** Japanese that is ambiguous, is not a term of the AWS consoles, or has another term in the glossary. */
export const REFUSED_JAPANESE: readonly Refused[] = [
  { words: /未確認|報告なし/, instead: '報告途絶' },
  { words: /確認不能/, instead: '状態不明' },
  { words: /件以上/, instead: '件超 (以上 includes the number itself)' },
  { words: /利用不可/, instead: '判定不可' },
  { words: /離脱/, instead: '組織外' },
  { words: /保留中/, instead: '承諾待ち' },
  { words: /履歴の証明|封印/, instead: '改ざん検知, 記録' },
  { words: /すべて拒否/, instead: '全件取り込み不可' },
  { words: /知られていない|知らないツール/, instead: '対応していない' },
  { words: /ありえない/, instead: '正しくありません' },
  { words: /読み取り方/, instead: '読み取り形式' },
  { words: /まとめ方|まとめない/, instead: 'グループ化' },
  { words: /レポートの時点/, instead: 'レポートの基準日時' },
  { words: /完全なレポート/, instead: '全件レポート' },
  { words: /自動処理/, instead: 'システム' },
  { words: /担当者未定|担当者なし/, instead: '未割り当て' },
  { words: /気をつけたい|急ぎの/, instead: '要注意, 優先度の高い' },
  { words: /うまくいきません/, instead: '処理できませんでした' },
  { words: /サインインの提供元/, instead: 'ID プロバイダー' },
  { words: /人のアクセス/, instead: 'ユーザーのアクセス' },
  { words: /報告元/, instead: 'ソース' },
  { words: /調査結果|重大度|緊急/, instead: '検出結果, 重要度, 重大' },
  { words: /旧い/, instead: '以前の' },
  { words: /確かめ/, instead: '確認' },
]

const LETTER = '[\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Han}ー]'

/** Typography of Japanese texts: half-width brackets and digits, a space between Japanese and Latin letters or digits. */
export const JAPANESE_TYPOGRAPHY: readonly Refused[] = [
  { words: /[（）！？：；０-９Ａ-Ｚａ-ｚ]/, instead: 'half-width brackets, punctuation, digits and letters' },
  {
    words: new RegExp(`(?:${LETTER}|[A-Za-z0-9}」])\\(|\\)(?:${LETTER}|「)`, 'u'),
    instead: 'a space outside of brackets',
  },
  {
    words: new RegExp(`[A-Za-z0-9%#]${LETTER}|${LETTER}[A-Za-z0-9#]`, 'u'),
    instead: 'a space beside Latin letters and digits',
  },
  { words: /\d %/, instead: 'no space before the percent sign' },
  { words: /\Sさん/u, instead: 'a space before さん' },
]

/** A term in both languages. `from`: only a text with the term in this language must have the other; by default both directions. */
interface Term {
  english: RegExp
  japanese: RegExp
  from?: 'english' | 'japanese'
}

/** One term for each thing in both languages. */
export const GLOSSARY: readonly Term[] = [
  { english: /\bfindings?\b/i, japanese: /検出結果/, from: 'japanese' },
  { english: /\bexceptions?\b/i, japanese: /例外/ },
  { english: /\bsuppress/i, japanese: /抑制/ },
  { english: /\barchived\b/i, japanese: /アーカイブ済み|アーカイブされ|でアーカイブ/ },
  { english: /\bunverified\b/i, japanese: /状態不明|状態は不明/ },
  { english: /\bnot reporting\b|\bstopped reporting\b|\bno longer reporting\b/i, japanese: /報告途絶|途絶えて/ },
  { english: /\boverdue\b/i, japanese: /期限超過|日超過|日未満の超過/ },
  { english: /\bdue dates?\b/i, japanese: /対応期限/, from: 'english' },
  { english: /\bunassigned\b|\bunowned\b/i, japanese: /未割り当て/ },
  { english: /\bidentity provider\b/i, japanese: /ID プロバイダー/ },
  {
    english: /\bmulti-factor authentication\b|\bMFA\b|\bsecond factor\b/i,
    japanese: /多要素認証|MFA/,
    from: 'japanese',
  },
  { english: /\bpasskeys?\b/i, japanese: /パスキー/ },
  { english: /\brecovery codes?\b/i, japanese: /リカバリーコード/ },
  { english: /\bcomplete reports?\b/i, japanese: /全件レポート/ },
  { english: /\bunmerged?\b/i, japanese: /統合を解除|統合が解除|統合の解除/ },
  { english: /\bowner team\b/i, japanese: /担当チーム/, from: 'english' },
  { english: /\bcontrols?\b/i, japanese: /コントロール/ },
  { english: /\bRegions?\b/, japanese: /リージョン/ },
  { english: /\bseverity\b|\bseverities\b|\bsevere\b/i, japanese: /重要度/, from: 'english' },
  { english: /\baudit log\b/i, japanese: /監査ログ/ },
  { english: /\bsecurity score\b/i, japanese: /セキュリティスコア/ },
  { english: /\bfalse positive\b/i, japanese: /誤検知/ },
  {
    english: /\b(?:removed from|left)(?: the)? organization\b|\brestored? (?:an )?account\b|\baccount restored\b/i,
    japanese: /組織外/,
  },
]

/** Texts that name the values of a field, which are the same in every language. */
export const NAMES_OF_VALUES = ['settings.csv.statusesHint', 'settings.csv.severitiesHint']

/** What is wrong with one text, as sentences. */
export function problemsOf(text: string, refused: readonly Refused[]): string[] {
  return refused.flatMap(({ words, instead }) => {
    const found = words.exec(text)?.[0]
    return found === undefined ? [] : [`“${found}”, write: ${instead} (${text})`]
  })
}

/** What is wrong with a text that is not in the messages, in both languages. */
export function problemsOfPair(english: string, japanese: string): string[] {
  const alone = GLOSSARY.filter(term => {
    const [inEnglish, inJapanese] = [term.english.test(english), term.japanese.test(japanese)]
    return (
      (inEnglish && !inJapanese && term.from !== 'japanese') || (inJapanese && !inEnglish && term.from !== 'english')
    )
  })
  return [
    ...problemsOf(english, REFUSED_ENGLISH),
    ...(CLAUSE_AS_SUBJECT.test(english) ? [`a clause as the subject (${english})`] : []),
    ...problemsOf(japanese, [...REFUSED_JAPANESE, ...JAPANESE_TYPOGRAPHY]),
    ...alone.map(term => `${term.english} and ${term.japanese} go together (${english} / ${japanese})`),
  ]
}
