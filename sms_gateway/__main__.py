"""`python -m sms_gateway COMMAND`, the same thing as `guichet COMMAND`."""

from sms_gateway.cli import main

if __name__ == "__main__":
    main()
