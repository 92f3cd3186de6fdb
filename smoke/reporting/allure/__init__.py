"""The Allure 3 program: which version, where it is installed, how it is configured, and what it must not do."""
