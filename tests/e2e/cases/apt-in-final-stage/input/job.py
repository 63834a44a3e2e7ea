import subprocess

print(subprocess.run(["jq", "-r", ".a"], input='{"a": "hello jq"}', text=True, capture_output=True, check=True).stdout)
