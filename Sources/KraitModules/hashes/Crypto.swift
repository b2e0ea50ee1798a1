// What the hash modules use of OpenSSL's libcrypto.

import KraitRuntime

/// The functions of libcrypto that are used here; their types are part of its stable interface.
struct Crypto: @unchecked Sendable {
  typealias Context = OpaquePointer
  typealias Algorithm = OpaquePointer
  typealias Bytes = UnsafeRawPointer
  typealias Result = UnsafeMutablePointer<UInt8>

  let newContext: @convention(c) () -> Context?
  let freeContext: @convention(c) (Context?) -> Void
  let copyContext: @convention(c) (Context?, Context?) -> Int32
  let start: @convention(c) (Context?, Algorithm?, OpaquePointer?) -> Int32
  let update: @convention(c) (Context?, Bytes?, Int) -> Int32
  let finish: @convention(c) (Context?, Result?, UnsafeMutablePointer<UInt32>?) -> Int32
  let finishExtendable: @convention(c) (Context?, Result?, Int) -> Int32
  let fetch: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Algorithm?
  let retainAlgorithm: @convention(c) (Algorithm?) -> Int32
  let size: @convention(c) (Algorithm?) -> Int32
  let blockSize: @convention(c) (Algorithm?) -> Int32
  let flags: @convention(c) (Algorithm?) -> UInt
  let identifier: @convention(c) (Algorithm?) -> Int32
  let longName: @convention(c) (Int32) -> UnsafePointer<CChar>?
  let forEachAlgorithm: @convention(c) (OpaquePointer?, @convention(c) (Algorithm?, UnsafeMutableRawPointer?) -> Void, UnsafeMutableRawPointer?) -> Void
  let newHMAC: @convention(c) () -> Context?
  let freeHMAC: @convention(c) (Context?) -> Void
  let copyHMAC: @convention(c) (Context?, Context?) -> Int32
  let startHMAC: @convention(c) (Context?, Bytes?, Int32, Algorithm?, OpaquePointer?) -> Int32
  let updateHMAC: @convention(c) (Context?, Bytes?, Int) -> Int32
  let finishHMAC: @convention(c) (Context?, Result?, UnsafeMutablePointer<UInt32>?) -> Int32
  let algorithmOfHMAC: @convention(c) (Context?) -> Algorithm?
  let deriveByHMAC: @convention(c) (UnsafePointer<CChar>?, Int32, Result?, Int32, Int32, Algorithm?, Int32, Result?) -> Int32
  let scrypt: @convention(c) (UnsafePointer<CChar>?, Int, Result?, Int, UInt64, UInt64, UInt64, UInt64, Result?, Int) -> Int32
  let lastError: @convention(c) () -> UInt
  let clearErrors: @convention(c) () -> Void
  let libraryOfError: @convention(c) (UInt) -> UnsafePointer<CChar>?
  let reasonOfError: @convention(c) (UInt) -> UnsafePointer<CChar>?
  let isFIPS: @convention(c) (OpaquePointer?) -> Int32

  /// Bit of ``flags``: the caller chooses the size of the result.
  static let extendable: UInt = 2

  /// libcrypto, loaded at the first use; nil if the system has none.
  static let shared: Crypto? = Crypto()
  /// ``update`` of it, which hash objects call most: without the other functions.
  static let sharedUpdate = shared?.update

  /// libcrypto for a module that cannot do without.
  static func required() throws(PyError) -> Crypto {
    guard let shared else { throw PyError.raise(.importError, "libcrypto.so.3: cannot open shared object file: No such file or directory") }
    return shared
  }

  private init?() {
    guard let library = SharedLibrary(["libcrypto.so.3", "libcrypto.so"]) else { return nil }
    guard let newContext: @convention(c) () -> Context? = library.function("EVP_MD_CTX_new"),
      let freeContext: @convention(c) (Context?) -> Void = library.function("EVP_MD_CTX_free"),
      let copyContext: @convention(c) (Context?, Context?) -> Int32 = library.function("EVP_MD_CTX_copy_ex"),
      let start: @convention(c) (Context?, Algorithm?, OpaquePointer?) -> Int32 = library.function("EVP_DigestInit_ex"),
      let update: @convention(c) (Context?, Bytes?, Int) -> Int32 = library.function("EVP_DigestUpdate"),
      let finish: @convention(c) (Context?, Result?, UnsafeMutablePointer<UInt32>?) -> Int32 = library.function("EVP_DigestFinal_ex"),
      let finishExtendable: @convention(c) (Context?, Result?, Int) -> Int32 = library.function("EVP_DigestFinalXOF"),
      let fetch: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Algorithm? = library.function("EVP_MD_fetch"),
      let retainAlgorithm: @convention(c) (Algorithm?) -> Int32 = library.function("EVP_MD_up_ref"),
      let size: @convention(c) (Algorithm?) -> Int32 = library.function("EVP_MD_get_size"),
      let blockSize: @convention(c) (Algorithm?) -> Int32 = library.function("EVP_MD_get_block_size"),
      let flags: @convention(c) (Algorithm?) -> UInt = library.function("EVP_MD_get_flags"),
      let identifier: @convention(c) (Algorithm?) -> Int32 = library.function("EVP_MD_get_type"),
      let longName: @convention(c) (Int32) -> UnsafePointer<CChar>? = library.function("OBJ_nid2ln")
    else { return nil }
    guard
      let forEachAlgorithm: @convention(c) (OpaquePointer?, @convention(c) (Algorithm?, UnsafeMutableRawPointer?) -> Void, UnsafeMutableRawPointer?) -> Void =
        library.function("EVP_MD_do_all_provided"),
      let newHMAC: @convention(c) () -> Context? = library.function("HMAC_CTX_new"),
      let freeHMAC: @convention(c) (Context?) -> Void = library.function("HMAC_CTX_free"),
      let copyHMAC: @convention(c) (Context?, Context?) -> Int32 = library.function("HMAC_CTX_copy"),
      let startHMAC: @convention(c) (Context?, Bytes?, Int32, Algorithm?, OpaquePointer?) -> Int32 = library.function("HMAC_Init_ex"),
      let updateHMAC: @convention(c) (Context?, Bytes?, Int) -> Int32 = library.function("HMAC_Update"),
      let finishHMAC: @convention(c) (Context?, Result?, UnsafeMutablePointer<UInt32>?) -> Int32 = library.function("HMAC_Final"),
      let algorithmOfHMAC: @convention(c) (Context?) -> Algorithm? = library.function("HMAC_CTX_get_md"),
      let deriveByHMAC: @convention(c) (UnsafePointer<CChar>?, Int32, Result?, Int32, Int32, Algorithm?, Int32, Result?) -> Int32 =
        library.function("PKCS5_PBKDF2_HMAC"),
      let scrypt: @convention(c) (UnsafePointer<CChar>?, Int, Result?, Int, UInt64, UInt64, UInt64, UInt64, Result?, Int) -> Int32 =
        library.function("EVP_PBE_scrypt"),
      let lastError: @convention(c) () -> UInt = library.function("ERR_peek_last_error"),
      let clearErrors: @convention(c) () -> Void = library.function("ERR_clear_error"),
      let libraryOfError: @convention(c) (UInt) -> UnsafePointer<CChar>? = library.function("ERR_lib_error_string"),
      let reasonOfError: @convention(c) (UInt) -> UnsafePointer<CChar>? = library.function("ERR_reason_error_string"),
      let isFIPS: @convention(c) (OpaquePointer?) -> Int32 = library.function("EVP_default_properties_is_fips_enabled")
    else { return nil }
    self.newContext = newContext
    self.freeContext = freeContext
    self.copyContext = copyContext
    self.start = start
    self.update = update
    self.finish = finish
    self.finishExtendable = finishExtendable
    self.fetch = fetch
    self.retainAlgorithm = retainAlgorithm
    self.size = size
    self.blockSize = blockSize
    self.flags = flags
    self.identifier = identifier
    self.longName = longName
    self.forEachAlgorithm = forEachAlgorithm
    self.newHMAC = newHMAC
    self.freeHMAC = freeHMAC
    self.copyHMAC = copyHMAC
    self.startHMAC = startHMAC
    self.updateHMAC = updateHMAC
    self.finishHMAC = finishHMAC
    self.algorithmOfHMAC = algorithmOfHMAC
    self.deriveByHMAC = deriveByHMAC
    self.scrypt = scrypt
    self.lastError = lastError
    self.clearErrors = clearErrors
    self.libraryOfError = libraryOfError
    self.reasonOfError = reasonOfError
    self.isFIPS = isFIPS
  }

  /// Takes the error that a function left behind: its text, as `hashlib` shows it.
  func takeError(_ fallback: String) -> String {
    let code = lastError()
    defer { clearErrors() }
    guard code != 0, let reason = reasonOfError(code) else { return fallback }
    guard let name = libraryOfError(code) else { return String(cString: reason) }
    return "[\(String(cString: name))] \(String(cString: reason))"
  }
}
