<?php
echo "hello php\n";
