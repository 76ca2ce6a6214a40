"""`python -m yiwang.site` is the `yiwang` command."""

from yiwang.site.cli import main

if __name__ == "__main__":
    main()
