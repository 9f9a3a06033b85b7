"""`python -m benchmarks.service.serve FACTORY`: a factory, served as `potluck serve` does."""

import sys

from potluck.cli.draining import DrainingServer
from potluck.cli.server import server_config
from potluck.core import config_loading


def main() -> None:
    settings = config_loading.load()
    config = server_config(settings)
    config.app = sys.argv[1]
    DrainingServer(config, drain_s=0).run()


if __name__ == "__main__":
    main()
