import { StreamLanguage } from '@codemirror/language'

/** Colours for the text of rules: words that mean something, kinds of layers, numbers, names in quotes, comments. */
export const ruleLanguage = StreamLanguage.define({
  name: 'graft rule',
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
  token(stream) {
    if (stream.eatSpace()) return null
    if (stream.match(/#.*/)) return 'comment'
    if (stream.match(/"[^"]*"?/)) return 'string'
    if (stream.match(/=>|\.\.\.|\?\?|\+\+|[|?!~@&$]/)) return 'operator'
    if (stream.match(/-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/i)) return 'number'
    if (
      stream.match(
        /(rule|where|operator(?=\s+\w)|let|example|matches|fails|in|and|or|not|none|given|exact|rounding|approximation|benefit|opset)\b/,
      )
    )
      return 'keyword'
    if (stream.match(/[A-Za-z_][\w.]*(?=\??!?\s*[<(])/)) return 'typeName'
    if (stream.match(/[A-Za-z_][\w.]*/)) return 'variableName'
    stream.next()
    return null
  },
})
