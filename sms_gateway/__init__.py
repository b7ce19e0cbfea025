"""The application: phones, storage, pages."""
