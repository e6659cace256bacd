// Files and folders out of a drop or a file control, with their bytes.
import type { DroppedFile } from './import-files.js';

/** Files of a control; those of a chosen folder are named below it. */
export function filesOfControl(control: HTMLInputElement): Promise<DroppedFile[]> {
  return readAll(
    [...(control.files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })),
  );
}

/** Files and whole folders of a drop. To be called while the event is handled: afterwards its data is gone. */
export async function filesOfDrop(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map((entry) => filesBelow(entry)));
  return readAll(found.flat());
}

interface NamedFile {
  name: string;
  file: File;
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
