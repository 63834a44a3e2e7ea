<?php
echo "hello ", getenv("SHOP"), "\n";
