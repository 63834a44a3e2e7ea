import ssl

names = [
    dict(pair[0] for pair in one["subject"]).get("commonName") for one in ssl.create_default_context().get_ca_certs()
]
print("hello", "company.example" in names, len(names) > 50)
