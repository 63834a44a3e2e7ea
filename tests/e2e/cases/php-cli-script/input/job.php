<?php
echo "hello " . count([1, 2, 3]) . " from php\n";
