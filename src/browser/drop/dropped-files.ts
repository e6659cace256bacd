// Files and folders out of a drop or a file control, with their bytes.
import type { DroppedFile } from './import-files.js';

/** Files of a control; those of a chosen folder are named below it. */
export function filesOfControl(control: HTMLInputElement): Promise<DroppedFile[]> {
  return readAll(
    [...(control.files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })),
  );
}

/**
 * Files and whole folders of a drop. To be called while the event is handled: afterwards its data is gone.
 * Handles, where the browser has them: from entries Chromium reads nothing on a page that is a file itself.
 */
export async function filesOfDrop(data: DataTransfer): Promise<DroppedFile[]> {
  const items = [...data.items].filter(({ kind }) => kind === 'file');
  const found = await Promise.all(items.map(filesOfItem));
  return readAll(found.flat());
}

interface NamedFile {
  name: string;
  file: File;
}

/** Of drafts that the DOM library does not have yet. */
interface WithHandle {
  getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
}
interface Listed {
  values(): AsyncIterable<FileSystemHandle>;
}

/** Asks the item at once, and reads afterwards. */
function filesOfItem(item: DataTransferItem): Promise<NamedFile[]> {
  if ('getAsFileSystemHandle' in item) {
    const handle = (item as WithHandle).getAsFileSystemHandle();
    return handle.then((one) => (one === null ? [] : filesOfHandle(one, one.name)));
  }
  const entry = item.webkitGetAsEntry();
  const file = item.getAsFile();
  // The file of the item itself can be read on every page.
  if (entry?.isDirectory !== true) return Promise.resolve(file === null ? [] : [{ name: file.name, file }]);
  return filesBelow(entry);
}

async function filesOfHandle(handle: FileSystemHandle, name: string): Promise<NamedFile[]> {
  if (handle.kind === 'file') return [{ name, file: await (handle as FileSystemFileHandle).getFile() }];
  const found: NamedFile[] = [];
  for await (const one of (handle as unknown as Listed).values()) {
    found.push(...(await filesOfHandle(one, `${name}/${one.name}`)));
  }
  return found;
}

async function filesBelow(entry: FileSystemEntry): Promise<NamedFile[]> {
  const name = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [{ name, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  for (;;) {
    // Browsers give a folder out in parts, and nothing when there are no more.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return found;
    for (const one of part) found.push(...(await filesBelow(one)));
  }
}

function readAll(files: readonly NamedFile[]): Promise<DroppedFile[]> {
  return Promise.all(
    files.map(async ({ name, file }) => ({ name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
}
