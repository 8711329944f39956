/** What the system says when something cannot be written, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'it lies on a file system that is read-only',
  ENOSPC: 'there is no space left',
  EDQUOT: 'there is no space left for you',
  EFBIG: 'it is too large for its file system',
  EPIPE: 'whoever was to read it has gone',
  ENOENT: 'there is no such folder',
  ENAMETOOLONG: 'the name is too long',
  ENOTDIR: 'what should be a folder is a file',
}

export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return REASONS[code ?? ''] ?? message
}
