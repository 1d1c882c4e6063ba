import { useEffect, useState } from 'react';
import { useStores } from '../../store/hooks';
import type { InputStore } from '../../store/input-store';
import { isTextField } from '../shared/text-field';

/** Opens what is pasted anywhere but in a text field, and what is dropped anywhere. True while something hovers above. */
export function usePageInput(): boolean {
  const { inputStore } = useStores();
  const [isDragged, setDragged] = useState(false);

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (isTextField(event.target) || !event.clipboardData) return;
      if (openTransfer(inputStore, event.clipboardData)) event.preventDefault();
    };
    const onDragOver = (event: DragEvent) => {
      // Without this the browser would leave the page for the file.
      event.preventDefault();
      setDragged(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragged(false);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setDragged(false);
      if (event.dataTransfer) openTransfer(inputStore, event.dataTransfer);
    };
    document.addEventListener('paste', onPaste);
    document.addEventListener('dragover', onDragOver);
    document.addEventListener('dragleave', onDragLeave);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('paste', onPaste);
      document.removeEventListener('dragover', onDragOver);
      document.removeEventListener('dragleave', onDragLeave);
      document.removeEventListener('drop', onDrop);
    };
  }, [inputStore]);

  return isDragged;
}

function openTransfer(inputStore: InputStore, transfer: DataTransfer): boolean {
  const [file] = transfer.files;
  const text = transfer.getData('text/plain') || transfer.getData('text/uri-list');
  if (file) inputStore.getState().openFile(file);
  else if (text) inputStore.getState().openText(text);
  return Boolean(file || text);
}
