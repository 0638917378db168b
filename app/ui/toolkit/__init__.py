"""Parts of any window: slow work, themes, dialogs, messages. They know nothing of birds."""
