/** The platforms that an executable can be built for. */
export const platforms = ['linux-x64', 'linux-arm64'];

export const thisPlatform = () => `${process.platform}-${process.arch}`;

/** Returns the folder of the Temporal SDK's native addon for the platform, as the SDK's package names it. */
export const addonFolder = (platform) =>
  ({ 'linux-x64': 'x86_64-unknown-linux-gnu', 'linux-arm64': 'aarch64-unknown-linux-gnu' })[platform];
