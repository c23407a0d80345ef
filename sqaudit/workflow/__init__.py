"""One public function per thing people ask for; the command line, tests and plugins call the same ones."""
