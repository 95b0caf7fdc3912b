import type { PatternRedactor } from '../redactor-kind.ts'
import { whole } from '../redactor-kind.ts'

/** Keys whose own form names their provider, as the providers document them for secret scanning. */
export const providerKeys: PatternRedactor = {
  name: 'provider-keys',
  hints: [
    'akia', 'asia', 'aroa', 'aiza', 'ya29.', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'xox',
    'sk_live_', 'rk_live_', 'sk_test_', 'sk-', 'sg.', 'npm_', 'pypi-', 'dop_v1_', 'hvs.', 'accountkey', 'sig=', 'key-',
    'hooks.slack.com', 'dckr_pat_', 'gocspx-',
  ],
  patterns: [
    { pattern: /\b(?:AKIA|ASIA|AROA)[A-Z0-9]{16}\b/g, replace: whole },
    { pattern: /\bAIza[A-Za-z0-9_-]{35}/g, replace: whole },
    { pattern: /\bya29\.[A-Za-z0-9_-]{20,512}/g, replace: whole },
    { pattern: /\bGOCSPX-[A-Za-z0-9_-]{20,64}/g, replace: whole },
    { pattern: /\bgh[pousr]_[A-Za-z0-9]{20,255}/g, replace: whole },
    { pattern: /\bgithub_pat_[A-Za-z0-9_]{20,255}/g, replace: whole },
    { pattern: /\bglpat-[A-Za-z0-9_-]{16,128}/g, replace: whole },
    { pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g, replace: whole },
    { pattern: /hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,128}/g, replace: () => 'hooks.slack.com/services/[secret]' },
    { pattern: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g, replace: whole },
    { pattern: /\bsk-[A-Za-z0-9_-]{20,255}/g, replace: whole },
    { pattern: /\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,128}/g, replace: whole },
    { pattern: /\bnpm_[A-Za-z0-9]{36}/g, replace: whole },
    { pattern: /\bpypi-[A-Za-z0-9_-]{40,255}/g, replace: whole },
    { pattern: /\bdop_v1_[0-9a-f]{64}/g, replace: whole },
    { pattern: /\bdckr_pat_[A-Za-z0-9_-]{20,128}/g, replace: whole },
    { pattern: /\bhvs\.[A-Za-z0-9_-]{20,255}/g, replace: whole },
    { pattern: /\b(AccountKey=)[A-Za-z0-9+/]{40,120}={0,2}/gi, replace: (_match, [key = '']) => `${key}[secret]` },
    { pattern: /([?&]sig=)[A-Za-z0-9%+/_-]{20,256}={0,2}/gi, replace: (_match, [key = '']) => `${key}[secret]` },
  ],
}
