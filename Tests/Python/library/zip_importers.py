# Importers of zip files: each is made anew, with its own prefix, and finds modules, packages and resources.
import os
import sys
import tempfile
import zipfile
import zipimport

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "archive.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("single.py", "value = 'single'\n")
        archive.writestr("package/__init__.py", "value = 'package'\n")
        archive.writestr("package/inner.py", "value = __name__, __file__[len(root):]\n".replace("root", repr(folder)))
        archive.writestr("data.txt", "text")
        archive.writestr("__main__.py", "print('main', __name__)\n")
    for sub in ("", "package", "", "package/none"):
        importer = zipimport.zipimporter(os.path.join(path, sub) if sub else path)
        print(repr(importer.prefix), importer.archive == path, repr(importer).replace(folder, ""))
        for name in ("single", "package", "inner", "missing"):
            spec = importer.find_spec(name)
            print(name, spec and (spec.name, spec.origin.replace(folder, "")))
    sys.path.insert(0, path)
    import single, package.inner
    print(single.value, package.value, package.inner.value)
    print(importer.get_data(os.path.join(path, "data.txt")))
    try:
        importer.get_data("nothing")
    except OSError as error:
        print(type(error).__name__, error)
    for bad in (folder, os.path.join(folder, "nothing.zip")):
        try:
            zipimport.zipimporter(bad)
        except zipimport.ZipImportError as error:
            print(str(error).replace(folder, ""), error.path.replace(folder, ""))
    import runpy
    runpy.run_path(path, run_name="__main__")
