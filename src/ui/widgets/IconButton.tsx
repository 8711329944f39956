import type { LucideIcon } from 'lucide-react'

interface Props {
  readonly label: string
  readonly keys?: string
  readonly icon: LucideIcon
  readonly onClick: () => void
  readonly disabled?: boolean
  readonly primary?: boolean
  readonly pressed?: boolean
}

export function IconButton({ label, keys, icon: Icon, onClick, disabled = false, primary = false, pressed }: Props) {
  return (
    <button
      type="button"
      className={primary ? 'icon-button primary' : 'icon-button'}
      aria-label={label}
      aria-pressed={pressed}
      title={keys ? `${label} (${keys})` : label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
    </button>
  )
}
