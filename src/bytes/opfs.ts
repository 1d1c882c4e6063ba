/** The part of a browser that the origin private file system needs. */
export type OpfsNavigator = Pick<NavigatorStorage, 'storage'> & Partial<NavigatorLocks>;

/** FileSystemSyncAccessHandle (File System standard): in dedicated workers only, so not in every lib. */
export interface SyncAccessHandle {
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** A folder of the origin's private file system. Rejects where there is none: private windows, WebKitGTK, plain http. */
export async function privateFolder(
  storage: OpfsNavigator['storage'],
  name: string,
  options: { readonly create: boolean },
): Promise<FileSystemDirectoryHandle> {
  const root = await storage.getDirectory();
  return root.getDirectoryHandle(name, options);
}

/** Nobody else reads or writes the file until it is closed. */
export function openSyncAccess(handle: FileSystemFileHandle): Promise<SyncAccessHandle> {
  // Only a worker's types know the method. Elsewhere it is missing, and the call fails as it should.
  return (
    handle as unknown as { createSyncAccessHandle(): Promise<SyncAccessHandle> }
  ).createSyncAccessHandle();
}
