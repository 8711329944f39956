export function serveDist(directory?: string, port?: number): Promise<{ url: string; close: () => Promise<void> }>
