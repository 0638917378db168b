"""The main window, put together; its menus, settings and keys."""
